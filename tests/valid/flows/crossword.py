"""Names that shadow nothing they should, comments, odd layout; all of it is fine."""
from dagwright import task,workflow

@task
def words ( letters : str ,
            least : int = 2 ,
          ) -> list[str] :  # of the alphabet
    """Find words."""
    found=[ ]
    for start in range( len( letters ) ) : found.append( letters[ start: ] )
    return [ word for word in found if len( word )>=least ]

@task
def fit(words:list[str],width:int)->str: return next((word for word in words if len(word)==width),"")

@workflow
def main(letters : str = "slate") -> str :
    list_ = words(letters , least = 3)
    id = 4 ; return fit(
        words = list_ , width = id
    )
